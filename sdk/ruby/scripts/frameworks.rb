# frozen_string_literal: true

# Tests the notes on frameworks with Debian's packages of them, which it unpacks into .tools without installing them.

require "fileutils"

ROOT = File.expand_path("..", __dir__)
FOLDER = File.join(ROOT, ".tools", "frameworks")
PACKAGES = %w[ruby-rack ruby-sinatra ruby-actionpack].freeze

def run(*command)
  system(*command, out: File::NULL) or abort("#{command.join(" ")} failed")
end

def unpack
  archives = File.join(FOLDER, "archives")
  FileUtils.mkdir_p(File.join(archives, "partial"))
  run("apt-get", "install", "--yes", "-qq", "--download-only", "--no-install-recommends", "--reinstall",
      "-o", "Dir::Cache::archives=#{archives}", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", *PACKAGES)
  Dir[File.join(archives, "*.deb")].each { |archive| run("dpkg-deb", "--extract", archive, FOLDER) }
  FileUtils.touch(File.join(FOLDER, "complete"))
end

unless system("apt-get", "--version", out: File::NULL)
  abort("the frameworks come from Debian, and apt-get is missing") if ENV["CI"]
  puts "skipped: Rack, Sinatra and Rails, because apt-get is missing"
  exit
end

unpack unless File.exist?(File.join(FOLDER, "complete"))
version = RUBY_VERSION[/\d+\.\d+/]
gems = Dir[File.join(FOLDER, "usr/{share,lib/*}/rubygems-integration/{all,#{version}.0}")]
libraries = Dir[File.join(FOLDER, "usr/lib/{,*/}ruby/vendor_ruby{,/#{version}.0}")]
environment = { "GEM_PATH" => [*gems, *Gem.path].join(":"), "RUBYLIB" => libraries.join(":"), "LANG" => "C.UTF-8" }
exec(environment, "ruby", File.join(ROOT, "test/frameworks/frameworks_test.rb"))
