package dev.headwater.catalog.maintain;

import dev.headwater.catalog.Backend;

final class SqliteChaosIT extends ChaosSuite {
  SqliteChaosIT() {
    super(Backend.SQLITE);
  }
}
