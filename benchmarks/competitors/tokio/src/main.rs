//! What tokio reaches: `limits tcp PORT | file PATH`, then SIZE COUNT, sends; `limits serve WAY`
//! serves, and `limits serve WAY PORT` in between its clients and the server at that port.

mod echo;
mod harness;
mod messages;
mod proxy;
mod send;
mod serve;

use std::error::Error;

/// Of the buffers whose size one can choose. As much as Node reads from a socket at a time.
const CAPACITY: usize = 64 * 1024;

async fn run(args: &[&str]) -> Result<(), Box<dyn Error>> {
    match args {
        ["serve", way @ ..] => serve::serve(way).await,
        [kind, target, size, count] => {
            send::send(kind, target, size.parse()?, count.parse()?).await
        }
        _ => Err(
            "usage: limits tcp PORT | file PATH, then SIZE COUNT; limits serve WAY [PORT]".into(),
        ),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(&args))
}
