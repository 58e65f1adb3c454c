//! Sends back what comes, until the peer has ended.

use crate::CAPACITY;
use tokio::io::{self, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub async fn copied(mut stream: TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut reader = BufReader::with_capacity(CAPACITY, reader);
    io::copy_buf(&mut reader, &mut writer).await?;
    writer.shutdown().await
}

pub async fn looped(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; CAPACITY];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return stream.shutdown().await;
        }
        stream.write_all(&buffer[..length]).await?;
    }
}
