//! Work that many readers wait for, and that must not begin anew because the first of them went away or ran out of time.

use std::future::Future;

use crate::error::WebError;

/// Does some work to its end, whether or not somebody still waits for it.
pub(crate) async fn outliving<T: Send + 'static>(
    work: impl Future<Output = Result<T, WebError>> + Send + 'static,
) -> Result<T, WebError> {
    tokio::spawn(work).await.map_err(WebError::internal("finish what others wait for too"))?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_though_the_reader_goes_away() {
        let (began, ended) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (begin, end) = (Arc::clone(&began), Arc::clone(&ended));
        let reader = tokio::spawn(outliving(async move {
            begin.notify_one();
            tokio::task::yield_now().await;
            end.notify_one();
            Ok(())
        }));
        began.notified().await;
        reader.abort();
        let waited = tokio::time::timeout(std::time::Duration::from_secs(5), ended.notified()).await;
        assert!(waited.is_ok(), "the work went on");
    }
}
