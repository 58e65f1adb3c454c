//! Passes on what comes to another server, and the answers, until both sides have ended.

use crate::CAPACITY;
use tokio::io::{self, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

async fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// By tokio's own function, whose buffers have 8 KiB: before version 1.41 one can't choose.
pub async fn joined(mut stream: TcpStream, port: u16) -> io::Result<()> {
    let mut other = connect(port).await?;
    io::copy_bidirectional(&mut stream, &mut other).await?;
    Ok(())
}

async fn pass<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(from: R, mut to: W) -> io::Result<()> {
    let mut from = BufReader::with_capacity(CAPACITY, from);
    io::copy_buf(&mut from, &mut to).await?;
    to.shutdown().await
}

/// The same with buffers of 64 KiB.
pub async fn copied(mut stream: TcpStream, port: u16) -> io::Result<()> {
    let mut other = connect(port).await?;
    let (reader, writer) = stream.split();
    let (other_reader, other_writer) = other.split();
    tokio::try_join!(pass(reader, other_writer), pass(other_reader, writer))?;
    Ok(())
}
