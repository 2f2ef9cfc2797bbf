package dev.headwater.catalog.commit;

import dev.headwater.catalog.Postgres;

final class PostgresCommitIT extends CommitSuite {
  PostgresCommitIT() {
    super(new Postgres());
  }
}
