# frozen_string_literal: true

# Builds the gem into DIST, twice, and checks that both are alike and hold nothing but what belongs into them.

require "fileutils"
require "rubygems/package"
require "tmpdir"

ROOT = File.expand_path("..", __dir__)
DIST = File.expand_path(ENV.fetch("DIST", "../../dist"), ROOT)
ALLOWED = %r{\A(?:lib/[\w/]+\.rb|sig/[\w/]+\.rbs|sig/manifest\.yaml|README\.md|CHANGELOG\.md|LICENSE)\z}
LARGEST = 150 * 1024

# The same time in every package, whenever it is built.
ENV["SOURCE_DATE_EPOCH"] ||= "1767225600"

# Builds from a copy, whose modes do not depend on the umask.
def build
  Dir.mktmpdir do |folder|
    files = Gem::Specification.load(File.join(ROOT, "syssecure.gemspec")).files + ["syssecure.gemspec"]
    files.each do |file|
      target = File.join(folder, file)
      FileUtils.mkdir_p(File.dirname(target))
      FileUtils.cp(File.join(ROOT, file), target)
      File.chmod(0o644, target)
    end
    out = File.join(folder, "syssecure.gem")
    system("gem", "build", "--strict", "--silent", "--output", out, "syssecure.gemspec", chdir: folder) or
      abort("gem build failed")
    yield out
  end
end

def check(file)
  package = Gem::Package.new(file)
  strangers = package.contents.grep_v(ALLOWED)
  abort("does not belong into the gem: #{strangers.join(", ")}") unless strangers.empty?
  abort("the gem needs other gems") unless package.spec.dependencies.empty?
  abort("the gem has #{File.size(file)} bytes, more than #{LARGEST}") if File.size(file) > LARGEST

  package.spec.file_name
end

build do |first|
  name = check(first)
  build { |second| abort("two builds differ") unless FileUtils.identical?(first, second) }
  FileUtils.mkdir_p(DIST)
  FileUtils.cp(first, File.join(DIST, name))
end
