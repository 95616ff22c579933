//! How many connections there may be at once: of all together, and of each address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Which connections there are. Cheap to clone.
#[derive(Clone)]
pub struct Places(Arc<Inner>);

struct Inner {
    all: Arc<Semaphore>,
    per_address: u32,
    /// Proxies, which bring everybody's.
    trusted: Vec<IpNet>,
    held: Mutex<HashMap<IpAddr, u32>>,
}

/// A connection's place; free again when it is dropped.
pub struct Place {
    _seat: OwnedSemaphorePermit,
    places: Places,
    address: IpAddr,
}

/// A place among all connections.
pub struct Seat(OwnedSemaphorePermit);

impl Places {
    pub fn new(all: u32, per_address: u32, trusted: Vec<IpNet>) -> Self {
        let all = Arc::new(Semaphore::new(all as usize));
        Self(Arc::new(Inner { all, per_address, trusted, held: Mutex::default() }))
    }

    /// Waits until there is room for one more.
    pub async fn any(&self) -> Seat {
        match Arc::clone(&self.0.all).acquire_owned().await {
            Ok(seat) => Seat(seat),
            // It is never closed.
            Err(_) => std::future::pending().await,
        }
    }

    /// A connection's place, unless its address has as many as it may.
    pub fn at(&self, peer: IpAddr, Seat(seat): Seat) -> Option<Place> {
        let peer = peer.to_canonical();
        let address = network(peer);
        let trusted = self.0.trusted.iter().any(|network| network.contains(&peer));
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= self.0.per_address && !trusted {
            return None;
        }
        *count += 1;
        Some(Place { _seat: seat, places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// Whoever has one IPv6 address has all of its network.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}
