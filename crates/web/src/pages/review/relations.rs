//! Editors correct how a document stands to others, in forms on its page. What they say is brought in as rows of a file are,
//! so that one rule holds for both.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use lacuna_domain::relation::{Relation, RelationKind, RelationSource};
use lacuna_domain::{Confidence, DocumentId};
use lacuna_pipeline::analyze::relations::{RelationImportError, say};
use lacuna_store::Session;
use serde::Deserialize;

use super::{log, see};
use crate::account::{Signed, check_form, session};
use crate::error::WebError;
use crate::intake::check_origin;
use crate::outliving::outliving;
use crate::private::{EDITOR, Sight};
use crate::state::{App, Snapshot};
use crate::view::at_most;

/// Who stands in the log where a site that serves its own machine alone asks nobody to sign in.
const LOCAL: &str = "local";
/// Relations that are offered on one page.
const OFFERED: usize = 200;
/// Characters by which an instrument is cited.
const LONGEST: usize = 500;

/// Whoever may correct relations.
#[derive(Debug)]
struct Desk {
    /// Who stands in the log.
    name: String,
    /// What every form carries.
    token: String,
    /// Whether nobody signed in, and the machine is what is trusted.
    local: bool,
}

impl Desk {
    /// That of an editor who has `session`, or of one's own machine; `None` for everybody else, and on pages that are not
    /// those of the present site.
    fn of(app: &App, session: Option<&Session>) -> Option<Self> {
        if app.config().published || app.past().is_some() {
            return None;
        }
        if let Some(Session { name, csrf, .. }) = session.filter(|session| session.role >= EDITOR) {
            return Some(Self { name: name.clone(), token: csrf.clone(), local: false });
        }
        let token = app.form_token().to_owned();
        (app.config().local && !token.is_empty()).then(|| Self { name: LOCAL.to_owned(), token, local: true })
    }
}

/// A relation that an editor may decide.
#[derive(Clone, Debug)]
pub struct Offered {
    /// What the form sends of it.
    pub(crate) from: String,
    pub(crate) kind: &'static str,
    pub(crate) to: String,
    pub(crate) cited: String,
    /// What it says, for readers.
    pub(crate) words: String,
    /// What people said of it; `None` where nobody did.
    pub(crate) holds: Option<bool>,
}

/// The forms of a document's page.
#[derive(Clone, Debug)]
pub struct Corrections {
    /// What every form carries.
    pub(crate) token: String,
    /// Where they are sent.
    pub(crate) action: String,
    /// Title of the document.
    pub(crate) title: String,
    /// Its relations, those that people decided first.
    pub(crate) offered: Vec<Offered>,
    /// How many more there are.
    pub(crate) left_out: usize,
    /// Values of `kind` with what they say.
    pub(crate) kinds: [(&'static str, &'static str); RelationKind::ALL.len()],
}

impl Corrections {
    /// The forms for `document`; `None` where whoever asks may correct nothing.
    pub(crate) async fn of(
        app: &App,
        snapshot: &Snapshot,
        document: &DocumentId,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, WebError> {
        let Some(desk) = Desk::of(app, session(app, headers).await?.as_ref()) else { return Ok(None) };
        let title = |id: &DocumentId| {
            let record = snapshot.catalogue.record_of(id.as_str());
            record.map_or_else(|| id.to_string(), |record| format!("{} ({id})", record.title()))
        };
        let known = known(app, snapshot, document).await?;
        let (offered, left_out) =
            at_most(OFFERED, known.iter().map(|one| Offered::of(one, &title)).collect());
        Ok(Some(Self {
            token: desk.token,
            action: format!("/review/relations/{}", crate::address::segment(document.as_str())),
            title: title(document),
            offered,
            left_out,
            kinds: RelationKind::ALL.map(|kind| (kind.id(), kind.name())),
        }))
    }
}

impl Offered {
    fn of(relation: &Relation, title: &dyn Fn(&DocumentId) -> String) -> Self {
        let other = relation.to.as_ref().map_or_else(|| format!("“{}”", relation.cited), title);
        Self {
            from: relation.from.to_string(),
            kind: relation.kind.id(),
            to: relation.to.as_ref().map(ToString::to_string).unwrap_or_default(),
            cited: relation.cited.clone(),
            words: format!("{} {} {other}", title(&relation.from), relation.kind.name()),
            holds: (relation.source == RelationSource::Imported).then_some(relation.holds),
        }
    }

    /// What people said of it, for readers; empty where nobody did.
    pub(crate) const fn said(&self) -> &'static str {
        match self.holds {
            Some(true) => "People say: right.",
            Some(false) => "People say: wrong; it is hidden.",
            None => "",
        }
    }

    /// Whether to say that it holds, or that it does not, is news.
    pub(crate) fn is_news(&self, holds: bool) -> bool {
        self.holds != Some(holds)
    }
}

/// The relations of a document, each once, those that people decided first: these as the store has them now, since pages
/// follow it a little later.
async fn known(app: &App, snapshot: &Snapshot, document: &DocumentId) -> Result<Vec<Relation>, WebError> {
    let decided = app.store().imported_relations_of(document).await;
    let decided = decided.map_err(WebError::internal("read what people said of relations"))?;
    let found = snapshot.relations.of(document).filter(|one| one.source != RelationSource::Imported);
    let mut keys = BTreeSet::new();
    let all = decided.iter().chain(found);
    Ok(all.filter(|relation| keys.insert(relation.key())).cloned().collect())
}

/// What a form says.
#[derive(Debug, Deserialize)]
pub struct Said {
    csrf: String,
    /// `yes` and `no` of a relation that is known, `new` of another.
    #[serde(default)]
    says: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    cited: String,
}

/// `POST /review/relations/{document}`
pub async fn post(
    State(app): State<App>,
    Path(document): Path<String>,
    headers: HeaderMap,
    Form(said): Form<Said>,
) -> Result<Response, WebError> {
    let name = editor(&app, &headers, &said.csrf).await?;
    let Some(document) = app.document_seen(&document, Sight::Private).await? else {
        return Err(app.no_document(&document).await);
    };
    let id = document.id;
    let known = known(&app, &app.snapshot(), &id).await?;
    let relation = relation(&said, &id, &known)?;
    let (says, to) = (if relation.holds { "holds" } else { "does not hold" }, relation.to.as_ref());
    let other = to.map_or(relation.cited.as_str(), DocumentId::as_str);
    let subject = format!("{} {} {other}: {says}", relation.from, relation.kind.id());
    // Half of it helps nobody, and what is refused is not logged as said.
    outliving(async move {
        say(app.store(), vec![relation]).await.map_err(refused)?;
        log(&app, &name, "correct relation", &subject).await
    })
    .await?;
    Ok(see(&format!("{}#correct", crate::address::document(&id))).into_response())
}

/// The name of whoever may correct relations, once the form has shown that it is theirs.
async fn editor(app: &App, headers: &HeaderMap, token: &str) -> Result<String, WebError> {
    let session = session(app, headers).await?;
    let Some(desk) = Desk::of(app, session.as_ref()) else {
        return Err(session.map_or(WebError::SignIn, |session| Signed(session).lacks(EDITOR)));
    };
    if desk.local {
        check_origin(headers)?;
    }
    check_form(&desk.token, token)?;
    Ok(desk.name)
}

/// What a form says of a relation of `document`, of which those `known` are offered.
fn relation(said: &Said, document: &DocumentId, known: &[Relation]) -> Result<Relation, WebError> {
    let kind = RelationKind::from_id(&said.kind);
    let kind = kind.ok_or_else(|| WebError::BadRequest("kind: choose what the document does".to_owned()))?;
    let (to, cited) = (said.to.trim(), said.cited.trim());
    let holds = match said.says.as_str() {
        "new" => return new(document, kind, to, cited),
        "yes" => true,
        "no" => false,
        _ => return Err(WebError::BadRequest("says: use yes, no or new".to_owned())),
    };
    let meant = |one: &&Relation| {
        let other = one.to.as_ref().map_or("", DocumentId::as_str);
        one.from.as_str() == said.from
            && one.kind == kind
            && other == to
            && (!to.is_empty() || one.cited == said.cited)
    };
    let found = known.iter().find(meant).cloned();
    let found = found
        .ok_or_else(|| WebError::Conflict("this relation is no more; load the page again".to_owned()))?;
    Ok(Relation { holds, source: RelationSource::Imported, ..found })
}

/// A relation that was not found.
fn new(document: &DocumentId, kind: RelationKind, to: &str, cited: &str) -> Result<Relation, WebError> {
    let bad = |problem: &str| WebError::BadRequest(problem.to_owned());
    let to: Option<DocumentId> = match to {
        "" => None,
        id => Some(id.parse().map_err(|error| WebError::BadRequest(format!("to: {error}")))?),
    };
    if to.as_ref() == Some(document) {
        return Err(bad("to: a document stands in no relation to itself"));
    }
    if cited.chars().count() > LONGEST {
        return Err(bad(&format!("cited: give the name alone, in at most {LONGEST} characters")));
    }
    let cited = match (cited, &to) {
        ("", Some(to)) => to.to_string(),
        ("", None) => return Err(bad("give the id of a document in to, or a name in cited")),
        (cited, _) => cited.to_owned(),
    };
    Ok(Relation {
        from: document.clone(),
        kind,
        to,
        cited,
        provision: None,
        passage: None,
        confidence: Confidence::High,
        source: RelationSource::Imported,
        holds: true,
    })
}

fn refused(error: RelationImportError) -> WebError {
    match error {
        RelationImportError::Store(error) => WebError::internal("keep what is said of a relation")(error),
        told => WebError::BadRequest(told.to_string()),
    }
}
