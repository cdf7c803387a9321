import { expect, it } from "vitest";
import { browserOf, systemOf } from "@/pages/account/device-names";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36", "Chrome", "Linux"],
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge", "Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Mobile Safari/604.1", "Safari", "iPhone"],
  ["Mozilla/5.0 (Android 16; Mobile) Gecko/140.0 Firefox/140.0", "Firefox", "Android"],
  ["python-httpx/0.29", "", ""],
])("names the browser and the system of %s", (agent, browser, system) => {
  expect([browserOf(agent), systemOf(agent)]).toEqual([browser, system]);
});
