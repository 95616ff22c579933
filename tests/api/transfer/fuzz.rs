//! Files that nobody would make: sound ones with bytes changed, cut off or put in, and noise. Each is
//! refused with a reason, or tried in a dry run; none does anything.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{
    loading::workbook,
    things::{THINGS, add_all, awkward, hrefs, with_things},
};
use crate::{
    fuzz::cases,
    support::{Place, TestApp, at},
};

/// What happens to a file: a byte is changed, a piece is taken out, or noise is put in.
#[derive(Clone, Debug)]
enum Change {
    Byte(Index, u8),
    Out(Index, usize),
    In(Index, Vec<u8>),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (any::<Index>(), 1_usize..200).prop_map(|(at, count)| Change::Out(at, count)),
        1 => (any::<Index>(), vec(any::<u8>(), 1..60)).prop_map(|(at, noise)| Change::In(at, noise)),
    ];
    vec(change, 0..3)
}

fn changed(file: &[u8], changes: Vec<Change>) -> Vec<u8> {
    let mut file = file.to_vec();
    for change in changes {
        if file.is_empty() {
            break;
        }
        match change {
            Change::Byte(at, byte) => {
                let at = at.index(file.len());
                file[at] = byte;
            }
            Change::Out(at, count) => {
                let at = at.index(file.len());
                let end = (at + count).min(file.len());
                file.drain(at..end);
            }
            Change::In(at, noise) => {
                let at = at.index(file.len());
                file.splice(at..at, noise);
            }
        }
    }
    file
}

/// Sound files of every kind that is read.
async fn sound(app: &TestApp, place: &Place) -> Vec<Vec<u8>> {
    let pkids = add_all(app, place, &awkward()).await;
    let mut files = vec![workbook("Thing", &[vec!["label".into()], vec!["One".into()]])];
    for format in ["json", "raw_xlsx", "xlsx", "csv"] {
        let path = at(&format!("{THINGS}export/"), place) + "&export_format=" + format;
        let body = serde_json::json!({ "hrefs": hrefs(&pkids) });
        files.push(app.post(&path, &body).await.expect(200).body.to_vec());
    }
    files.push(b"label,size\nOne,1\n".to_vec());
    files.push(
        br#"{"meta":{"model_type":"data/Thing"},"resources":[{"data":{"label":"a"}}]}"#.to_vec(),
    );
    files
}

#[tokio::test]
async fn any_file_is_refused_or_tried_and_changes_nothing() {
    let (app, place, _dir) = with_things().await;
    let files = sound(&app, &place).await;
    let before = app.get(&at(THINGS, &place)).await.expect(200).json()["resources"].clone();
    let path = format!("{THINGS}import/?hierarchy={}&mode=dry_run", place.pkid);
    let (mut refused, mut tried) = (0, 0);
    for (number, changes) in cases(700, &changes()).enumerate() {
        let file = changed(&files[number % files.len()], changes);
        // A failure of the program's own panics there.
        let answer = app.import(&path, &file).await;
        match answer.status {
            202 => tried += 1,
            400 | 413 => refused += 1,
            _ => panic!("{answer} for {file:?}"),
        }
    }
    for noise in cases(300, &vec(any::<u8>(), 0..2_000)) {
        let answer = app.import(&path, &noise).await;
        assert!([202, 400].contains(&answer.status), "{answer} for {noise:?}");
    }
    assert!(refused > 100 && tried > 100, "{refused} refused, {tried} tried");
    let after = app.get(&at(THINGS, &place)).await.expect(200).json()["resources"].clone();
    assert_eq!(after, before);
}
