//! Samples as pictures.
