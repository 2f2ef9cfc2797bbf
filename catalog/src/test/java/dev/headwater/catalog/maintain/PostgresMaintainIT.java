package dev.headwater.catalog.maintain;

import dev.headwater.catalog.Postgres;

final class PostgresMaintainIT extends MaintainSuite {
  PostgresMaintainIT() {
    super(new Postgres());
  }
}
