package dev.headwater.catalog.maintain;

import dev.headwater.catalog.RestServer;

final class RestMaintainIT extends MaintainSuite {
  RestMaintainIT() {
    super(new RestServer());
  }
}
