package dev.headwater.catalog.commit;

import dev.headwater.catalog.Backend;

final class SqliteCommitTest extends CommitSuite {
  SqliteCommitTest() {
    super(Backend.SQLITE);
  }
}
