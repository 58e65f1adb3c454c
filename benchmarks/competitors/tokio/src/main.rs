//! What tokio's `BufWriter` reaches: `limits tcp PORT | file PATH`, then SIZE COUNT. Prints the
//! milliseconds and the answer.

use std::time::Instant;
use tokio::fs::File;
use tokio::io::{self, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::net::TcpStream;

const CAPACITY: usize = 64 * 1024;

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

async fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let [_, kind, target, size, count] = args else {
        return Err("usage: limits tcp PORT | file PATH, then SIZE COUNT".into());
    };
    let (size, count) = (size.parse()?, count.parse()?);
    let start = Instant::now();
    let answer = match kind.as_str() {
        "tcp" => tcp(target, size, count).await?,
        _ => file(target, size, count).await?,
    };
    println!("{} {answer}", start.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(&args))
}
