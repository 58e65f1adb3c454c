//! Servers, each connection of which is a task of the one thread.

use crate::{echo, harness, messages, proxy};
use std::error::Error;
use std::future::Future;
use tokio::io;
use tokio::net::{TcpListener, TcpStream};

pub async fn serve(way: &[&str]) -> Result<(), Box<dyn Error>> {
    match way {
        ["copy_buf"] => accept(echo::copied).await,
        ["read, write_all"] => accept(echo::looped).await,
        ["messages"] => accept(messages::answered).await,
        ["copy_bidirectional", port] => {
            let port = port.parse()?;
            accept(move |stream| proxy::joined(stream, port)).await
        }
        ["two copy_buf", port] => {
            let port = port.parse()?;
            accept(move |stream| proxy::copied(stream, port)).await
        }
        _ => Err(format!("no way of serving: {way:?}").into()),
    }
}

async fn accept<H, F>(handler: H) -> Result<(), Box<dyn Error>>
where
    H: Fn(TcpStream) -> F,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    harness::begin(listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let handled = handler(stream);
        tokio::spawn(async {
            if let Err(error) = handled.await {
                eprintln!("a connection failed: {error}");
            }
        });
    }
}
