//! Little-endian lists in a row, each with its length: the form of a weights file.

/// The file is cut short or no weights file of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the weights are damaged or of another version; train them again")]
pub struct Malformed;

/// Appends lists.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }
    pub(crate) fn text(&mut self, text: &str) {
        self.u32(text.len() as u32);
        self.0.extend(text.as_bytes());
    }
    pub(crate) fn u32s(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }
    pub(crate) fn f32s(&mut self, values: &[f32]) {
        self.u32(values.len() as u32);
        self.0.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }
    pub(crate) fn i8s(&mut self, values: &[i8]) {
        self.u32(values.len() as u32);
        self.0.extend(values.iter().map(|v| v.cast_unsigned()));
    }
}

/// Takes lists in the order in which they were written.
#[derive(Debug)]
pub(crate) struct Reader<'b>(pub(crate) &'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], Malformed> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = tail;
        Ok(head)
    }
    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
    pub(crate) fn text(&mut self) -> Result<String, Malformed> {
        let length = self.u32()? as usize;
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| Malformed)
    }
    pub(crate) fn u32s(&mut self) -> Result<Vec<u32>, Malformed> {
        let length = self.u32()? as usize;
        let bytes = self.take(length.checked_mul(4).ok_or(Malformed)?)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect())
    }
    pub(crate) fn f32s(&mut self) -> Result<Vec<f32>, Malformed> {
        Ok(self.u32s()?.into_iter().map(f32::from_bits).collect())
    }
    pub(crate) fn i8s(&mut self) -> Result<Vec<i8>, Malformed> {
        let length = self.u32()? as usize;
        Ok(self.take(length)?.iter().map(|b| b.cast_signed()).collect())
    }
}
