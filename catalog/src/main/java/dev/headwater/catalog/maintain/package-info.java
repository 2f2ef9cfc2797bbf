/**
 * What keeps a table small and quick: files rewritten, snapshots expired, orphans removed. Each is
 * safe beside writers, readers and itself, and deletes nothing that is or may become referenced.
 */
@NullMarked
package dev.headwater.catalog.maintain;

import org.jspecify.annotations.NullMarked;
