//! What libuv's pool is for: calls that block. Files, which epoll(7) refuses; lookups by name; long computations (in Node
//! crypto, and zlib, which is not here).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::net::{IpAddr, ToSocketAddrs};
use std::path::Path;

use sha2::Sha256;

/// A job that returns a `T`.
pub type Task<T> = Box<dyn FnOnce() -> T + Send>;

/// A file that every run has: the running executable.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// Up to `length` bytes of a file from `offset` on; fewer at its end. Node: `fs.read` with a position.
///
/// # Errors
/// Those of open(2) and read(2).
pub fn read_chunk(path: &Path, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The addresses of a host, by getaddrinfo(3), which blocks. Node: `dns.lookup`.
///
/// # Errors
/// When the name is not known, or no name server can be reached.
pub fn resolve(host: &str) -> io::Result<Vec<IpAddr>> {
    Ok((host, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
}

/// PBKDF2-HMAC-SHA256 (RFC 8018): a key from a password; the cost grows with `rounds`. Node: `crypto.pbkdf2`.
pub fn derive_key(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, salt, rounds)
}

/// A task of each kind, by name. All give bytes, so that they fit in one list; other seeds give other bytes.
///
/// A key has few rounds here, since a build without optimization is slow at them.
pub fn tasks(seed: u8) -> Vec<(&'static str, Task<io::Result<Vec<u8>>>)> {
    let offset = u64::from(seed) * LENGTH as u64;
    vec![
        ("file", Box::new(move || read_chunk(Path::new(OWN_PROGRAM), offset, LENGTH))),
        ("dns", Box::new(|| Ok(format!("{:?}", resolve("localhost")?).into_bytes()))),
        ("crypto", Box::new(move || Ok(derive_key(b"password", &[seed], ROUNDS).to_vec()))),
    ]
}

const LENGTH: usize = 64 * 1024;
const ROUNDS: u32 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_one_of_the_published_test_vector() {
        // RFC 7914, section 11: "passwd", "salt", 1 round; the first 32 of its 64 bytes.
        let expected = [
            0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91, 0xc2, 0x25, 0x44, 0xb6, 0x05, 0xf9, 0x41,
            0x85, 0x21, 0x6d, 0xde, 0x04, 0x65, 0xe6, 0x8b, 0x9d, 0x57, 0xc2, 0x0d, 0xac, 0xbc,
        ];
        assert_eq!(derive_key(b"passwd", b"salt", 1), expected);
    }

    #[test]
    fn a_chunk_ends_where_the_file_ends() {
        let program = Path::new(OWN_PROGRAM);
        let length = std::fs::metadata(program).unwrap().len();
        assert_eq!(read_chunk(program, 0, 4).unwrap(), b"\x7fELF");
        assert_eq!(read_chunk(program, length - 3, 100).unwrap().len(), 3);
        assert_eq!(read_chunk(program, length + 1, 100).unwrap(), b"");
    }

    #[test]
    fn a_chunk_from_the_middle_is_that_of_the_file() {
        let whole = std::fs::read(OWN_PROGRAM).unwrap();
        assert_eq!(read_chunk(Path::new(OWN_PROGRAM), LENGTH as u64, LENGTH).unwrap(), whole[LENGTH..2 * LENGTH]);
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let error = read_chunk(Path::new("/proc/self/no-such-file"), 0, 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
