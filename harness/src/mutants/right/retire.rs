//! Retirement: keys of ours that no labelled version names expire, and are deleted when they have.

use aws_sdk_appsync::types::ApiKey;

use crate::mutants::tools::{Answer, HOUR};

use super::{Run, marker_of};

/// AppSync's shortest life is a day; it rounds to the hour.
const LAST_DAY: i64 = 25 * HOUR;

pub(in crate::mutants) async fn retire(run: &Run<'_>) -> Answer<()> {
    if !run.flow.may_retire(run.secret.is_in_sync) {
        return Ok(());
    }
    // The rotation has succeeded: what cannot be seen now, the next one sees.
    let Ok((protected, keys)) = survey(run).await else {
        return Ok(());
    };
    let owner = run.flow.owner(run.event);
    for key in keys {
        let marker = marker_of(&key);
        let is_named = protected
            .iter()
            .any(|named| Some(named.as_str()) == key.id());
        let made = marker.as_ref().map_or(0, |marker| marker.made);
        let is_young = run.tools.now() - made < run.flow.orphan_age();
        let is_candidate = run.flow.is_candidate(marker.as_ref(), &owner);
        if is_candidate
            && !is_named
            && !is_young
            && let Err(failure) = run.flow.dispose(run, &key).await
        {
            run.flow.not_disposed(failure)?;
        }
    }
    Ok(())
}

async fn survey(run: &Run<'_>) -> Answer<(Vec<String>, Vec<ApiKey>)> {
    let api = run.api(&run.current().await?)?;
    Ok((run.protected().await?, run.keys(&api).await?))
}

/// Expires a key in a day, and deletes it when it has expired.
pub(in crate::mutants) async fn dispose(run: &Run<'_>, key: &ApiKey) -> Answer<()> {
    let (Some(id), now) = (key.id(), run.tools.now()) else {
        return Ok(());
    };
    let api = run.api(&run.current().await?)?;
    let until = (now + LAST_DAY + HOUR - 1) / HOUR * HOUR;
    if key.expires() <= now {
        run.tools.delete_key(&api, id).await
    } else if key.expires() > until {
        run.tools.set_expiry(&api, id, until).await
    } else {
        Ok(())
    }
}
