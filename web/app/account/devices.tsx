"use client";

import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { explain, listSessions, revokeOtherSessions, revokeSession, useSession } from "@/lib/auth";

type Device = { id: string; token: string; userAgent?: string | null | undefined; updatedAt: Date };

/** The browsers that are signed in; any of them can be signed out from here. */
export function Devices() {
  const { data } = useSession();
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [problem, setProblem] = useState("");

  const load = useCallback(async () => {
    const { data: sessions, error } = await listSessions();
    setProblem(explain(error));
    if (sessions) setDevices(sessions);
  }, []);
  useEffect(() => {
    load();
  }, [load]);

  async function end(device: Device) {
    const { error } = await revokeSession({ token: device.token });
    setProblem(explain(error));
    if (!error) load();
  }

  async function endOthers() {
    const { error } = await revokeOtherSessions();
    setProblem(explain(error));
    if (!error) load();
  }

  const own = data?.session.token;
  return (
    <section className="section" aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <p className="quiet">Where you are signed in now.</p>
      {problem && (
        <div className="notice" role="status">
          {problem}
        </div>
      )}
      <ul className="list" aria-label="Devices">
        {devices?.map((device) => (
          <li key={device.id} className="row">
            <div className="row-main">
              {browserName(device.userAgent)}
              <div className="quiet">
                {device.token === own ? "This device" : `Last seen ${new Date(device.updatedAt).toLocaleDateString()}`}
              </div>
            </div>
            {device.token !== own && (
              <Button kind="plain" small onClick={() => end(device)}>
                Sign out
                <span className="visually-hidden"> {browserName(device.userAgent)}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {devices && devices.length > 1 && (
        <p className="after-form">
          <Button kind="plain" small onClick={endOthers}>
            Sign out all other devices
          </Button>
        </p>
      )}
    </section>
  );
}

/** A browser and its system, as people call them. */
function browserName(userAgent: string | null | undefined): string {
  const text = userAgent ?? "";
  const pick = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(text))?.[1];
  const browser = pick([
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/Firefox\//, "Firefox"],
    [/Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
  ]);
  const system = pick([
    [/iPhone|iPad/, "iOS"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS/, "macOS"],
    [/Linux/, "Linux"],
  ]);
  return [browser ?? "A program", system].filter(Boolean).join(" on ");
}
