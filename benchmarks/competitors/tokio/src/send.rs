//! Sends through a `BufWriter`, and prints the milliseconds and the answer.

use crate::CAPACITY;
use std::error::Error;
use std::time::Instant;
use tokio::fs::File;
use tokio::io::{self, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::net::TcpStream;

async fn send_all<W: AsyncWrite + Unpin>(inner: W, size: usize, count: usize) -> io::Result<W> {
    let message = vec![b'A'; size];
    let mut out = BufWriter::with_capacity(CAPACITY, inner);
    for _ in 0..count {
        out.write_all(&message).await?;
    }
    out.shutdown().await?;
    Ok(out.into_inner())
}

async fn tcp(port: &str, size: usize, count: usize) -> io::Result<String> {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    stream.set_nodelay(true)?;
    let mut stream = send_all(stream, size, count).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn file(path: &str, size: usize, count: usize) -> io::Result<String> {
    send_all(File::create(path).await?, size, count).await?;
    Ok("0".to_owned())
}

pub async fn send(
    kind: &str,
    target: &str,
    size: usize,
    count: usize,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let answer = match kind {
        "tcp" => tcp(target, size, count).await?,
        _ => file(target, size, count).await?,
    };
    println!("{} {answer}", start.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
