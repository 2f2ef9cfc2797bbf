package dev.headwater.ingest;

import java.io.Serializable;

/**
 * A file to be ingested, as it was when the run was planned.
 *
 * @param path where it is, as the table's FileIO reads it
 * @param size its bytes
 * @param version what tells its content from any other's: of a local file the SHA-256 in
 *     hexadecimal, of an object in a store {@code etag:} and what the store says, or {@code
 *     changed:} and when it was written
 * @param modified when it was last written, in milliseconds since 1970
 */
public record SourceFile(String path, long size, String version, long modified)
    implements Serializable {}
