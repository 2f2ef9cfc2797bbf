package dev.headwater.catalog.maintain;

import dev.headwater.catalog.RestServer;

final class RestChaosIT extends ChaosSuite {
  RestChaosIT() {
    super(new RestServer());
  }
}
