package dev.headwater.catalog.maintain;

import dev.headwater.catalog.Postgres;

final class PostgresChaosIT extends ChaosSuite {
  PostgresChaosIT() {
    super(new Postgres());
  }
}
