package dev.headwater.catalog.maintain;

import dev.headwater.catalog.Backend;

final class SqliteMaintainTest extends MaintainSuite {
  SqliteMaintainTest() {
    super(Backend.SQLITE);
  }
}
