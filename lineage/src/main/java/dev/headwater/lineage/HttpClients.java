package dev.headwater.lineage;

import io.openlineage.client.transports.HttpConfig;
import java.io.IOException;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client under openlineage-java's transport. The stock one repeats a 503 by itself,
 * follows a redirect by turning the POST into a GET, which loses the event and looks like success,
 * and fails on an answer without a body.
 */
final class HttpClients {
  private static final int TIMEOUT_MILLIS = 5_000;

  private HttpClients() {}

  static CloseableHttpClient plain(HttpConfig config) {
    Integer configured = config.getTimeoutInMillis();
    Timeout timeout = Timeout.ofMilliseconds(configured == null ? TIMEOUT_MILLIS : configured);
    return HttpClientBuilder.create()
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(timeout).build())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setSocketTimeout(timeout)
                        .setConnectTimeout(timeout)
                        .setTimeToLive(timeout)
                        .build())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(timeout)
                .setResponseTimeout(timeout)
                .build())
        .addExecInterceptorLast(
            "answers",
            (request, scope, chain) -> {
              ClassicHttpResponse response = chain.proceed(request, scope);
              int code = response.getCode();
              if (code >= 300 && code < 400) {
                var location = response.getFirstHeader("Location");
                response.close();
                throw new IOException(
                    "the server answers "
                        + code
                        + (location == null
                            ? ""
                            : ", " + Redaction.uri(location.getValue()) + " instead")
                        + "; set that address as the url");
              }
              if (response.getEntity() == null) {
                response.setEntity(new StringEntity("", ContentType.TEXT_PLAIN));
              }
              return response;
            })
        .build();
  }
}
