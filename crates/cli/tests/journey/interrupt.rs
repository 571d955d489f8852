//! Ctrl-C in the middle of a run: what is in hand is finished, and the way on is told.

use std::io::Read as _;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::Desk;

#[test]
fn ctrl_c_finishes_what_is_in_hand_and_says_how_to_go_on() {
    let desk = Desk::new();
    let mut command = desk.brief_command("contracts");
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = Vec::new();
    let mut stderr = child.stderr.take().unwrap();
    // The run tells its outcome when it begins, so from here on it listens.
    let mut byte = [0_u8];
    while !String::from_utf8_lossy(&said).contains("--resume") {
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "it ended too early");
        said.push(byte[0]);
    }
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    stderr.read_to_end(&mut said).unwrap();
    let said = String::from_utf8_lossy(&said).into_owned();
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(130), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.contains("all that was done is kept"), "{said}");
    desk.assert_healthy();
    let outcome = last.rsplit(' ').next().unwrap();
    let record = desk.resume(outcome);
    assert_eq!(record["outcome"]["state"], "delivered");
}
