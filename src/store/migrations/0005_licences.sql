-- What a tenant (a customer node) is licensed for. No maximum is unlimited. `given` is what its
-- sites draw and `unlimited_sites` how many of them draw without a limit; triggers keep both.
-- `packed` is how many of its users hold the service through a service pack: domain/licences keeps it
-- in step with `user_packs` and with what is in a pack.
CREATE TABLE tenant_licence (
    tenant_id        INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    family           TEXT NOT NULL CHECK (family IN ('group', 'user')),
    name             TEXT NOT NULL,
    maximum          INTEGER CHECK (maximum >= 0),
    given            INTEGER NOT NULL DEFAULT 0 CHECK (given >= 0),
    packed           INTEGER NOT NULL DEFAULT 0 CHECK (packed >= 0),
    unlimited_sites  INTEGER NOT NULL DEFAULT 0 CHECK (unlimited_sites >= 0),
    PRIMARY KEY (tenant_id, family, name),
    CHECK (maximum IS NULL OR (given + packed <= maximum AND unlimited_sites = 0))
) STRICT, WITHOUT ROWID;
-- Those of which nine tenths or more are taken, so that they are found among many.
CREATE INDEX tenant_licence_near ON tenant_licence (tenant_id)
    WHERE maximum > 0 AND (given + packed) * 10 >= maximum * 9;

-- What a site is given of its tenant's. `in_use` is how many of its users hold the service
-- directly. It draws its maximum, and without one what it uses.
CREATE TABLE site_licence (
    site_id    INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    family     TEXT NOT NULL CHECK (family IN ('group', 'user')),
    name       TEXT NOT NULL,
    tenant_id  INTEGER NOT NULL,
    maximum    INTEGER CHECK (maximum > 0),
    in_use     INTEGER NOT NULL DEFAULT 0 CHECK (in_use >= 0),
    PRIMARY KEY (site_id, family, name),
    FOREIGN KEY (tenant_id, family, name) REFERENCES tenant_licence (tenant_id, family, name),
    CHECK (maximum IS NULL OR in_use <= maximum)
) STRICT, WITHOUT ROWID;
CREATE INDEX site_licence_by_tenant ON site_licence (tenant_id, family, name);

CREATE TRIGGER site_licence_added AFTER INSERT ON site_licence BEGIN
    UPDATE tenant_licence
        SET given = given + coalesce(new.maximum, new.in_use),
            unlimited_sites = unlimited_sites + (new.maximum IS NULL)
        WHERE tenant_id = new.tenant_id AND family = new.family AND name = new.name;
END;
CREATE TRIGGER site_licence_changed AFTER UPDATE OF maximum, in_use ON site_licence BEGIN
    UPDATE tenant_licence
        SET given = given + coalesce(new.maximum, new.in_use) - coalesce(old.maximum, old.in_use),
            unlimited_sites = unlimited_sites + (new.maximum IS NULL) - (old.maximum IS NULL)
        WHERE tenant_id = new.tenant_id AND family = new.family AND name = new.name;
END;
CREATE TRIGGER site_licence_removed AFTER DELETE ON site_licence BEGIN
    UPDATE tenant_licence
        SET given = given - coalesce(old.maximum, old.in_use),
            unlimited_sites = unlimited_sites - (old.maximum IS NULL)
        WHERE tenant_id = old.tenant_id AND family = old.family AND name = old.name;
END;

-- Service packs that were put to a tenant, by technical name. `used` is how many of its users hold
-- one, counted together with `packed`.
CREATE TABLE tenant_pack (
    tenant_id  INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    maximum    INTEGER CHECK (maximum >= 0),
    used       INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    PRIMARY KEY (tenant_id, name),
    CHECK (maximum IS NULL OR used <= maximum)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_pack_near ON tenant_pack (tenant_id)
    WHERE maximum > 0 AND used * 10 >= maximum * 9;
CREATE INDEX tenant_pack_by_name ON tenant_pack (name);

-- User services that a user holds directly, counted at its site.
CREATE TABLE user_service (
    user_id  INTEGER NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    site_id  INTEGER NOT NULL REFERENCES node (id),
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER user_service_added AFTER INSERT ON user_service BEGIN
    SELECT raise(ABORT, 'the site is not licensed for this service') WHERE NOT EXISTS (
        SELECT 1 FROM site_licence
        WHERE site_id = new.site_id AND family = 'user' AND name = new.name);
    UPDATE site_licence SET in_use = in_use + 1
        WHERE site_id = new.site_id AND family = 'user' AND name = new.name;
END;
CREATE TRIGGER user_service_removed AFTER DELETE ON user_service BEGIN
    UPDATE site_licence SET in_use = in_use - 1
        WHERE site_id = old.site_id AND family = 'user' AND name = old.name;
END;

-- The service packs that a user holds together: a JSON list of technical names in their order.
-- Users without one have no row.
CREATE TABLE user_packs (
    user_id    INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    tenant_id  INTEGER NOT NULL REFERENCES node (id),
    packs      TEXT NOT NULL
) STRICT;
CREATE INDEX user_packs_by_tenant ON user_packs (tenant_id, packs);

-- How many users of a tenant hold exactly these packs. There are few such sets, however many
-- users there are: what is in a pack changes for all of them at once.
CREATE TABLE pack_set (
    tenant_id  INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    packs      TEXT NOT NULL,
    n          INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (tenant_id, packs)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER user_packs_added AFTER INSERT ON user_packs BEGIN
    INSERT INTO pack_set (tenant_id, packs, n) VALUES (new.tenant_id, new.packs, 1)
        ON CONFLICT (tenant_id, packs) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER user_packs_removed AFTER DELETE ON user_packs BEGIN
    UPDATE pack_set SET n = n - 1 WHERE tenant_id = old.tenant_id AND packs = old.packs;
    DELETE FROM pack_set WHERE tenant_id = old.tenant_id AND packs = old.packs AND n = 0;
END;
