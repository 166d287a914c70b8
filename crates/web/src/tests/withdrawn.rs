//! Pages of what is no more, and lists of a code that is no more, lead on to the newest release that has them.

use lacuna_pipeline::analyze::actors::key_of;
use lacuna_pipeline::publish::release;

use super::permalinks::moved_on;
use super::*;

/// A document of another place, office and collection than all others.
fn elsewhere(world: &World) -> Document {
    let mut document = world.document.clone();
    document.id = "file:ostmark.txt".parse().unwrap();
    document.metadata.jurisdiction = Some("Ostmark + Isles".to_owned());
    document.metadata.authority = Some("Tide Office".to_owned());
    document.metadata.collections = vec!["tide rules".to_owned()];
    document
}

/// The site before and after it moved on, and the release that was cut between.
async fn before_and_after() -> (Site, Site, String) {
    let old = Site::new().await;
    old.app.store().put_documents(&[incoming(&old.world, elsewhere(&old.world))]).await.unwrap();
    old.app.refresh().await.unwrap();
    let at = Clock::fixed().now();
    let (first, _) = release::cut(old.app.store(), Some(&old.world.run), "first", at).await.unwrap();
    let new = moved_on(&old).await;
    (old, new, first.id)
}

#[tokio::test]
async fn a_page_that_is_no_more_leads_to_the_release_that_has_it() {
    let (old, new, first) = before_and_after().await;
    let entity = crate::address::segment(&key_of("Assembly of Norvale"));
    let entity = format!("/actors/entities/{entity}");
    for path in [
        "/jurisdictions/Ostmark%20%2B%20Isles",
        "/jurisdictions/Ostmark%20%2B%20Isles.json",
        "/authorities/Tide%20Office",
        "/collections/tide%20rules.csv",
        &entity,
        &format!("{entity}.json"),
        "/domains/1",
        "/domains/1.svg",
        "/actors/duties/governance_actor/1.1",
        "/gaps/risk/1.1",
        "/gaps?risk=1.1",
        "/documents?risk=1.1:2&form=hard_law",
        "/documents.csv?risk=1.1",
        "/feed.atom?risk=1.1",
        "/embed/codes/risk?risk=1.1",
        "/explore?rows=form&columns=jurisdiction&risk=1.1",
        "/explore?rows=risk/1.1&columns=form",
        "/embed/explore?rows=form&columns=jurisdiction&risk=1.1",
    ] {
        let was = old.get(path).await;
        assert_eq!(was.status, StatusCode::OK, "{path} was there: {}", was.body);
        let request = Request::get(path).header(header::ACCEPT, "application/json");
        let answer = new.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::GONE, "{path}: {}", answer.body);
        assert!(answer.body.contains(&format!("last published in release {first}")), "{}", answer.body);
        let told = answer.json();
        let link = told["link"].as_str().unwrap();
        assert_eq!(link, format!("/releases/{first}/map{path}"));
        let then = new.get(link).await;
        assert_eq!(then.status, StatusCode::OK, "{link}: {}", then.body);
    }
}

#[tokio::test]
async fn what_never_was_or_may_not_be_shown_is_unknown_and_not_gone() {
    let (_, new, _) = before_and_after().await;
    for (path, status) in [
        ("/jurisdictions/Atlantis", StatusCode::NOT_FOUND),
        ("/actors/entities/nobody", StatusCode::NOT_FOUND),
        ("/domains/9", StatusCode::NOT_FOUND),
        ("/actors/duties/nobody/1.1", StatusCode::NOT_FOUND),
        ("/gaps?risk=9.9", StatusCode::BAD_REQUEST),
        ("/documents?risk=1.1&colour=red", StatusCode::BAD_REQUEST),
    ] {
        let answer = new.get(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    let mut private = elsewhere(&new.world);
    private.metadata.private = true;
    new.app.store().put_documents(&[incoming(&new.world, private)]).await.unwrap();
    new.app.refresh().await.unwrap();
    let answer = new.get("/authorities/Tide%20Office").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "only a private document names it: {}", answer.body);
}
