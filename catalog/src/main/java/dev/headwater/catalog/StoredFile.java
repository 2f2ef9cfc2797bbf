package dev.headwater.catalog;

/**
 * An object in a store.
 *
 * @param modified when it was written, in milliseconds since 1970
 * @param version what tells its content from others: {@code etag:} and what the store says, or
 *     {@code changed:} and {@link #modified} where the store's module says no more
 */
public record StoredFile(String location, long size, long modified, String version) {}
