# frozen_string_literal: true

require "json"
require "net/http"
require "openssl"
require "securerandom"

# The client of SysSecure, a server for one-time passwords and messages. Begin with {SysSecure::Client}.
module SysSecure
end

require_relative "syssecure/version"
require_relative "syssecure/user_agent"
require_relative "syssecure/errors"
require_relative "syssecure/redaction"
require_relative "syssecure/wire"
require_relative "syssecure/check"
require_relative "syssecure/config"
require_relative "syssecure/retry"
require_relative "syssecure/runtime"
require_relative "syssecure/gzip"
require_relative "syssecure/connection"
require_relative "syssecure/pool"
require_relative "syssecure/proxy"
require_relative "syssecure/origin"
require_relative "syssecure/transport"
require_relative "syssecure/call"
require_relative "syssecure/answers"
require_relative "syssecure/log"
require_relative "syssecure/session"
require_relative "syssecure/result"
require_relative "syssecure/page"
require_relative "syssecure/results/otp"
require_relative "syssecure/results/messages"
require_relative "syssecure/results/templates"
require_relative "syssecure/results/webhook_endpoints"
require_relative "syssecure/results/account"
require_relative "syssecure/results/reports"
require_relative "syssecure/results/carriers"
require_relative "syssecure/results/access"
require_relative "syssecure/results/credits"
require_relative "syssecure/results/operator"
require_relative "syssecure/event"
require_relative "syssecure/webhooks"
require_relative "syssecure/resource"
require_relative "syssecure/resources/otp"
require_relative "syssecure/resources/messages"
require_relative "syssecure/resources/templates"
require_relative "syssecure/resources/webhook_endpoints"
require_relative "syssecure/resources/account"
require_relative "syssecure/resources/carriers"
require_relative "syssecure/resources/access"
require_relative "syssecure/resources/operator"
require_relative "syssecure/client"

module SysSecure
  private_constant :UserAgent, :Redaction, :Wire, :Check, :Config, :Retry, :Gzip, :Connection, :Pool, :Proxy, :Origin,
                   :Call, :CallOptions, :Calls, :Reply, :Answers, :Log, :Session, :Field, :WrongType, :Decoder, :Inspect
end
