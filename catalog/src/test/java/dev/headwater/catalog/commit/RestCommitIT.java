package dev.headwater.catalog.commit;

import dev.headwater.catalog.RestServer;

final class RestCommitIT extends CommitSuite {
  RestCommitIT() {
    super(new RestServer());
  }
}
