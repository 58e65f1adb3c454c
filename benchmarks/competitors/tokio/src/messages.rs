//! Answers messages one by one with themselves. Each begins with the length of what follows.

use crate::CAPACITY;
use tokio::io::{self, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::TcpStream;

const HEAD: usize = 4;

/// Whether a whole message is there.
fn begins_whole(buffered: &[u8]) -> bool {
    let Some(head) = buffered.get(..HEAD) else {
        return false;
    };
    let length = head
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    buffered.len() - HEAD >= length
}

/// Sends once there is nothing more to answer: all answers to what came together with one write.
pub async fn answered(mut stream: TcpStream) -> io::Result<()> {
    let (reader, writer) = stream.split();
    let mut reader = BufReader::with_capacity(CAPACITY, reader);
    let mut out = BufWriter::with_capacity(CAPACITY, writer);
    let mut message = Vec::new();
    while !reader.fill_buf().await?.is_empty() {
        let length = reader.read_u32().await?;
        message.resize(length as usize, 0);
        reader.read_exact(&mut message).await?;
        out.write_u32(length).await?;
        out.write_all(&message).await?;
        if !begins_whole(reader.buffer()) {
            out.flush().await?;
        }
    }
    out.shutdown().await
}
