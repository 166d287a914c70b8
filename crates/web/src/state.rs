//! placeholder
use crate::view::Chrome;
/// App
#[derive(Clone, Debug)]
pub struct App;
impl App {
    /// x
    pub fn chrome_for_errors(&self) -> Chrome { unimplemented!() }
}
