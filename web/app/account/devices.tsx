"use client";

import { useCallback, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Alert, Status } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { signInPath } from "@/lib/address";
import { endDevice, endOtherDevices, listDevices, type Refusal } from "@/lib/auth";
import { deviceName } from "@/lib/device";
import { explain } from "@/lib/explain";
import { useLanguage, useText } from "@/lib/language";
import { ago, exact } from "@/lib/moment";
import { Part } from "./part";

type Device = { token: string; userAgent?: string | null | undefined; createdAt: Date; updatedAt: Date };

/** Where the person is signed in, this browser first; any other can be signed out. */
export function Devices({ own }: { own: string }) {
  const text = useText();
  const language = useLanguage();
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState("");
  const [ending, setEnding] = useState<string | null>(null);

  const load = useCallback(async () => {
    const { data, refusal } = await listDevices();
    setRefusal(refusal);
    if (!data) return;
    const age = (device: Device) => (device.token === own ? Number.POSITIVE_INFINITY : +new Date(device.updatedAt));
    setDevices([...data].sort((one, other) => age(other) - age(one)));
  }, [own]);

  useEffect(() => {
    void load();
  }, [load]);

  async function end(which: string) {
    if (ending) return;
    setEnding(which);
    setDone("");
    const { refusal } = which === "others" ? await endOtherDevices() : await endDevice(which);
    if (refusal) setRefusal(refusal);
    else {
      await load();
      setDone(text(which === "others" ? "account.devices.endedOthers" : "account.devices.ended"));
    }
    setEnding(null);
  }

  const nameOf = (device: Device) => deviceName(device.userAgent, text);

  if (refusal?.code === "SESSION_NOT_FRESH") {
    return (
      <Part id="devices" title="account.devices">
        <Status>
          <p className="mb-3">{text("account.devices.stale")}</p>
          <a className="link" href={signInPath({ again: "1" })}>
            {text("account.devices.again")}
          </a>
        </Status>
      </Part>
    );
  }
  return (
    <Part id="devices" title="account.devices">
      {refusal && <Alert key={refusal.code}>{explain(refusal, text)}</Alert>}
      {!devices && !refusal && <Skeleton lines={2} className="h-18" />}
      {devices && (
        <ul>
          {devices.map((device) => {
            const when = ago(device.updatedAt, language);
            const isOwn = device.token === own;
            return (
              <li
                key={device.token}
                className="flex min-h-18 flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line py-3 last:border-b"
              >
                <div>
                  <p className="font-[520]">{nameOf(device)}</p>
                  <p className="text-fine text-quiet" title={exact(device.createdAt, language)}>
                    {isOwn ? text("account.devices.this") : text("account.devices.seen", { when })}
                    {" · "}
                    {text("account.devices.signedIn", { when: ago(device.createdAt, language) })}
                  </p>
                </div>
                {!isOwn && (
                  <Button
                    kind="plain"
                    busy={ending === device.token}
                    onClick={() => end(device.token)}
                    aria-label={text("account.devices.end.whole", { device: nameOf(device), when })}
                  >
                    {text("account.devices.end")}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      <div className="mt-5 flex flex-wrap items-center gap-5">
        {devices && devices.length > 1 && (
          <Button kind="plain" busy={ending === "others"} onClick={() => end("others")}>
            {text("account.devices.endOthers")}
          </Button>
        )}
        {devices?.length === 1 && !done && <p className="text-small text-quiet">{text("account.devices.only")}</p>}
        <Status>{done}</Status>
      </div>
    </Part>
  );
}
