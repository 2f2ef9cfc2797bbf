package dev.headwater.ingest;

import java.io.Serializable;

/**
 * A file to be ingested, as it was when the run was planned.
 *
 * @param path where it is, as the table's FileIO reads it
 * @param size its bytes
 * @param sha256 the SHA-256 of its content, in hexadecimal
 */
public record SourceFile(String path, long size, String sha256) implements Serializable {}
