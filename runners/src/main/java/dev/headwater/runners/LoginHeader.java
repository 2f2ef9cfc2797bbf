package dev.headwater.runners;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.OutboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelOutboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPromise;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;

/**
 * Gives requests of Flink's own client the header that a cluster's door asks for. Flink finds it as
 * a service. The configuration names the door only: it goes into logs, and may into jobs.
 */
public final class LoginHeader implements OutboundChannelHandlerFactory {
  private static final ConfigOption<String> DOOR =
      ConfigOptions.key("headwater.rest.door").stringType().noDefaultValue();

  private static final Map<String, String> HEADERS = new ConcurrentHashMap<>();

  /** Found by its service's name. */
  public LoginHeader() {}

  static void set(Configuration how, URI door, String header) {
    HEADERS.put(door.toString(), header);
    how.set(DOOR, door.toString());
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<ChannelHandler> createHandler(Configuration configuration) {
    return configuration.getOptional(DOOR).map(HEADERS::get).map(Adds::new);
  }

  private static final class Adds extends ChannelOutboundHandlerAdapter {
    private final String header;

    Adds(String header) {
      this.header = header;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      if (message instanceof HttpRequest request) {
        request.headers().set(HttpHeaderNames.AUTHORIZATION, header);
      }
      super.write(context, message, promise);
    }
  }
}
