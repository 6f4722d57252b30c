# frozen_string_literal: true

module SysSecure
  # Finds the proxy to use.
  #
  # @api private
  module Proxy
    module_function

    # @param url [URI] where the requests go
    # @param option [String, nil] the caller's proxy, which wins over the environment
    # @return [Array, nil] address, port, user and password
    def find(url, option)
      return parts("proxy", option) if option

      name, value = variable(url.scheme)
      parts(name, value) if value && !bypassed?(url)
    end

    # A CGI program gets the header Proxy of a request as HTTP_PROXY; the name in lower case is safe.
    def variable(scheme)
      names = ["#{scheme}_proxy", "#{scheme.upcase}_PROXY"]
      names.pop if scheme == "http" && ENV.key?("REQUEST_METHOD")

      names.filter_map { |name| [name, ENV.fetch(name)] unless ENV.fetch(name, "").empty? }.first
    end

    def bypassed?(url)
      list = ENV["no_proxy"] || ENV["NO_PROXY"] || ""

      Check.loopback?(url.hostname) || list.split(/[,\s]+/).include?("*") ||
        !URI::Generic.use_proxy?(url.hostname, address(url.hostname), url.port, list)
    end

    # NO_PROXY may name networks, which only matter for addresses. A name is not looked up: that is the proxy's task.
    def address(host)
      host if host.match?(/\A[\d.]+\z|:/)
    end

    def parts(name, value)
      value = "http://#{value}" unless value.include?("://")
      proxy = Check.url(name, value)
      raise ConfigurationError, "#{name} must begin with http://" unless proxy.scheme == "http"

      [proxy.hostname, proxy.port, decode(proxy.user), decode(proxy.password)]
    end

    # A plus in a user or password is a plus.
    def decode(part)
      URI.decode_www_form_component(part.gsub("+", "%2B")) if part
    end

    private_class_method :variable, :bypassed?, :address, :parts, :decode
  end
end
