//! What is given up by hand: the rest of a file that was taken in part and is gone.
//!
//! Not here: how a directory finds that (module `rows::directory`), a delivery that is given up
//! (module `state`).
//!
//! Invariants:
//! 1. Only a file that is taken in part can be given up, and the rows of a file that is gone are
//!    not lost with a delivery (`tests/commands.rs`: `a_file_that_is_gone_is_not_forgotten`).

use crate::error::Error;
use crate::rows::given_up;
use crate::settings::{Kind, Settings};
use crate::state::{StateDirectory, read_state};

/// Gives up the rest of a file: its input goes on with the files after it.
///
/// Errors: no input has taken a part of it.
pub(crate) fn give_up_file(settings: &Settings, file: &str) -> Result<(), Error> {
    let mut directory = StateDirectory::open(&settings.state())?;
    let state = &mut directory.state;
    let of_inputs = state.inputs.values_mut().map(|kept| &mut kept.position);
    let of_delivery = state.under_way.iter_mut().map(|under_way| &mut under_way.after.position);
    let mut found = false;
    for position in of_inputs.chain(of_delivery) {
        if let Some(without) = position.as_ref().and_then(|position| given_up(position, file)) {
            *position = Some(without);
            found = true;
        }
    }
    if !found {
        let rule = "is not a file that was taken in part; `tidegauge-agent status` shows it";
        return Err(Error::input("file-name", file, "--give-up", rule));
    }
    directory.save()
}

/// Checks that the rows of the delivery under way can be read again.
///
/// Errors: their file is gone.
pub(crate) fn check_rebuild(settings: &Settings) -> Result<(), Error> {
    let state = read_state(&settings.state())?;
    let Some(under_way) = state.under_way.filter(|under_way| under_way.has_body) else {
        return Ok(());
    };
    let part = settings.inputs.iter().find(|part| Some(&part.name) == under_way.input.as_ref());
    let folder =
        part.filter(|part| part.kind == Kind::Directory).and_then(|part| part.path.as_ref());
    match folder.is_none_or(|folder| settings.path(folder).join(&under_way.origin).exists()) {
        true => Ok(()),
        false => {
            let rule = "is not there any more, so its rows cannot be read again; put it back, or \
                        run without --rebuild, which delivers what was read";
            Err(Error::input("file-gone", &under_way.origin, "--rebuild", rule))
        }
    }
}
