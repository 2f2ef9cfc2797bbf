package dev.headwater.files;

import java.io.Closeable;
import java.util.Iterator;

/** A file's rows as batches of columns. One thread. Memory is bounded by a batch and a row. */
public interface RowSource extends Iterator<Decoded>, Closeable {}
