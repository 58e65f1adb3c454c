//! How the harness talks to a server: it reads the port, and for each line that it sends the CPU time so far.

use std::io::{stdin, BufRead};
use std::mem::MaybeUninit;
use std::{process, thread};

/// On a thread of its own, which sleeps until it is asked. The process ends with its standard input.
pub fn begin(port: u16) {
    println!("{port}");
    thread::spawn(|| {
        for _ in stdin().lock().lines().map_while(Result::ok) {
            let (user, system) = cpu_time();
            println!("{user} {system}");
        }
        process::exit(0);
    });
}

/// Of all threads, in microseconds: the system call that `process.cpuUsage()` of Node makes as well.
fn cpu_time() -> (i64, i64) {
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: it fills in the whole of what it is given, and can't fail with these arguments.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    (microseconds(usage.ru_utime), microseconds(usage.ru_stime))
}

fn microseconds(time: libc::timeval) -> i64 {
    time.tv_sec * 1_000_000 + time.tv_usec
}
