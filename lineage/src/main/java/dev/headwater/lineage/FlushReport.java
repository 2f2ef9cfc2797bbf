package dev.headwater.lineage;

import org.jspecify.annotations.Nullable;

/**
 * What a flush came to.
 *
 * @param delivered how many events the server accepted during it
 * @param pending how many still wait
 * @param parked how many are refused, from before too
 * @param lastError why the last attempt failed, or why nothing was tried; null when all went well
 * @param away whether it was the destination that did not take the last one
 */
public record FlushReport(
    long delivered, long pending, long parked, @Nullable String lastError, boolean away) {}
