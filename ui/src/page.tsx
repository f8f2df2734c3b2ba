// The page: which Connection, which part of it. Both are in the address, so that a link leads to what one sees.
import { Box, Flex, Heading, NativeSelect, Tabs, Text } from "@chakra-ui/react";
import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router-dom";
import { pathOf, useAsked, type Note, type Overview as Data, type Resource } from "./api";
import { NoteRow, TITLES } from "./notes";
import { Overview } from "./overview";
import { Plans, PlanView } from "./plans";
import { Populations, type Wanted } from "./populations";
import { Documentation, Failed, Loading, Message, NoConnection, Outdated, Section } from "./states";
import { fullTime } from "./words";

const TABS = { overview: "Overview", segments: "Segments", traits: "Traits", plans: "Drift and plans", runs: "Runs" };
const RUNS = ["inbound", "members", "stream", "push", "pull", "read", "sync"] as const;

export function AudienceManager() {
  const [params, setParams] = useSearchParams();
  const { data: connections, failure } = useAsked<string[]>("");
  const wanted = params.get("connection");
  const connection = connections && (wanted !== null ? wanted : connections.includes("aam_default") ? "aam_default" : connections[0]);
  return (
    <Box p={{ base: "4", md: "6" }} maxW="84rem" w="full" mx="auto" data-page="audience-manager">
      {!connections ? (
        <Framed>{failure ? <Failed failure={failure} /> : <Loading />}</Framed>
      ) : !connection ? (
        <Framed><NoConnection /></Framed>
      ) : (
        <Account key={connection} connection={connection} connections={connections} params={params} setParams={setParams} />
      )}
    </Box>
  );
}

function Framed({ children }: { children: React.ReactNode }) {
  return (
    <>
      <Flex justify="space-between" align="baseline" mb="6" gap="4">
        <Heading as="h1" size="xl">Audience Manager</Heading>
        <Text fontSize="sm"><Documentation>Documentation</Documentation></Text>
      </Flex>
      {children}
    </>
  );
}

function Account({ connection, connections, params, setParams }: {
  connection: string;
  connections: string[];
  params: URLSearchParams;
  setParams: (params: Record<string, string>, options?: { replace: boolean }) => void;
}) {
  const { data, failure } = useAsked<Data>(pathOf(connection));
  const plan = params.get("plan");
  const tab = plan ? "plans" : (params.get("tab") ?? "overview");
  const go = (to: Record<string, string>) => setParams({ connection, ...to });
  const onPlan = (note: Note) => go({ tab: "plans", plan: note.id });
  const tabs = useRef<HTMLDivElement>(null);
  const chosen = () => tabs.current?.querySelector<HTMLElement>("[aria-selected=true]");
  const there = data !== null;
  useEffect(() => void chosen()?.scrollIntoView({ block: "nearest", inline: "nearest" }), [tab, there]);
  const onClose = () => {
    go({ tab: "plans" });
    chosen()?.focus();
  };
  const list = (resource: Resource) => ({
    connection,
    resource,
    params,
    onWant: (wanted: Wanted) => setParams({ connection, tab: resource, ...wanted }, { replace: true }),
  });
  const several = connections.length > 1 || !connections.includes(connection);
  const account = data?.account && ["AAM account", data.account.pid, `(${data.account.host})`].filter(Boolean).join(" ");
  return (
    <>
      <Flex justify="space-between" align="start" mb="5" gap="4" wrap="wrap">
        <Box minW="0">
          <Heading as="h1" size="xl">Audience Manager</Heading>
          <Text color="fg.muted" fontSize="sm" wordBreak="break-word" title={data?.account ? `Read ${fullTime(data.account.at)}` : undefined}>
            {[account, several && account ? null : `Connection ${connection}`].filter(Boolean).join(" · ")}
          </Text>
        </Box>
        <Flex align="center" gap="4" minW="0">
          <Text fontSize="sm"><Documentation>Documentation</Documentation></Text>
          {several && (
            <NativeSelect.Root w="auto" minW="0" maxW="20rem">
              <NativeSelect.Field aria-label="Connection" value={connection} onChange={(event) => setParams({ connection: event.target.value, tab })}>
                {(connections.includes(connection) ? connections : [connection, ...connections]).map((id) => (
                  <option key={id} value={id}>{id}</option>
                ))}
              </NativeSelect.Field>
              <NativeSelect.Indicator />
            </NativeSelect.Root>
          )}
        </Flex>
      </Flex>
      {!data ? (
        failure ? <Failed failure={failure} /> : <Loading />
      ) : (
        <Tabs.Root value={tab in TABS ? tab : "overview"} onValueChange={({ value }) => go({ tab: value })} lazyMount unmountOnExit>
          <Box mb="5" pb="1px" overflowX="auto" overflowY="hidden">
            <Tabs.List ref={tabs} minW="max-content">
              {Object.entries(TABS).map(([value, label]) => (
                <Tabs.Trigger key={value} value={value} whiteSpace="nowrap">{label}</Tabs.Trigger>
              ))}
            </Tabs.List>
          </Box>
          <Outdated failure={failure} />
          <Tabs.Content value="overview">
            <Overview connection={connection} data={data} onPlan={onPlan} onGo={go} />
          </Tabs.Content>
          <Tabs.Content value="segments">
            <Populations {...list("segments")} dates={data.lists.segments} />
          </Tabs.Content>
          <Tabs.Content value="traits">
            <Populations {...list("traits")} dates={data.lists.traits} />
          </Tabs.Content>
          <Tabs.Content value="plans">
            {plan ? (
              <PlanView connection={connection} id={plan} onClose={onClose} />
            ) : (
              <Plans data={data} onPlan={onPlan} />
            )}
          </Tabs.Content>
          <Tabs.Content value="runs"><Runs data={data} /></Tabs.Content>
        </Tabs.Root>
      )}
    </>
  );
}

function Runs({ data }: { data: Data }) {
  const kinds = RUNS.filter((kind) => data.notes[kind].length > 0);
  if (kinds.length === 0) {
    return (
      <Message title="No task has told the page anything yet">
        <Text>Pulls, pushes and member files show here when they have run, with what came of every row.</Text>
      </Message>
    );
  }
  return kinds.map((kind) => (
    <Section key={kind} title={TITLES[kind]}>
      {data.notes[kind].map((note) => (
        <NoteRow key={note.id} note={note} />
      ))}
    </Section>
  ));
}
