-- wrk plays the requests of a file, one per line, in turn: METHOD <tab> PATH <tab> NAME: VALUE|NAME: VALUE <tab> BODY.
-- They are written out before the clock starts. At the end one line of JSON says what happened.
--   wrk ... -s requests.lua URL -- FILE

local requests, at, wrong = {}, 0, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local fields = { ["Host"] = wrk.headers["Host"] }
    for header in headers:gmatch("[^|]+") do
      local name, value = header:match("^([^:]+): (.*)$")
      fields[name] = value
    end
    if body == "" then body = nil end
    requests[#requests + 1] = wrk.format(method, path, fields, body)
  end
  refused = 0
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status)
  if status < 200 or status > 299 then refused = refused + 1 end
end

function done(summary, latency)
  local refused = 0
  for _, thread in ipairs(threads) do refused = refused + thread:get("refused") end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "max_ms": %.4f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, refused, errors.connect + errors.read + errors.write + errors.timeout))
end
