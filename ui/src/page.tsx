// The page: which Connection, which part of it. Both are in the address, so that a link leads to what one sees.
import { Box, Flex, Heading, Link, NativeSelect, Tabs, Text } from "@chakra-ui/react";
import { useSearchParams } from "react-router-dom";
import { pathOf, useAsked, type Note, type Overview as Data } from "./api";
import { NoteRow, TITLES } from "./notes";
import { Overview } from "./overview";
import { Plans, PlanView } from "./plans";
import { Populations } from "./populations";
import { Failed, Loading, Message, NoConnection, Section } from "./states";
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
      {failure ? (
        <Framed><Failed failure={failure} /></Framed>
      ) : !connections ? (
        <Framed><Loading /></Framed>
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
        <Documentation />
      </Flex>
      {children}
    </>
  );
}

function Documentation() {
  return <Link href={new URL("aam/docs/", document.baseURI).href} fontSize="sm">Documentation</Link>;
}

function Account({ connection, connections, params, setParams }: {
  connection: string;
  connections: string[];
  params: URLSearchParams;
  setParams: (params: Record<string, string>) => void;
}) {
  const { data, failure } = useAsked<Data>(pathOf(connection));
  const plan = params.get("plan");
  const tab = plan ? "plans" : (params.get("tab") ?? "overview");
  const go = (to: Record<string, string>) => setParams({ connection, ...to });
  const onPlan = (note: Note) => go({ tab: "plans", plan: note.id });
  return (
    <>
      <Flex justify="space-between" align="start" mb="5" gap="4" wrap="wrap">
        <Box>
          <Heading as="h1" size="xl">Audience Manager</Heading>
          <Text color="fg.muted" fontSize="sm" title={data?.account ? `Read ${fullTime(data.account.at)}` : undefined}>
            {data?.account ? `AAM account ${data.account.pid ?? ""} (${data.account.host})` : connection}
          </Text>
        </Box>
        <Flex align="center" gap="4">
          <Documentation />
          {(connections.length > 1 || !connections.includes(connection)) && (
            <NativeSelect.Root w="auto">
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
      {failure ? (
        <Failed failure={failure} />
      ) : !data ? (
        <Loading />
      ) : (
        <Tabs.Root value={tab in TABS ? tab : "overview"} onValueChange={({ value }) => go({ tab: value })} lazyMount unmountOnExit>
          <Tabs.List mb="5">
            {Object.entries(TABS).map(([value, label]) => (
              <Tabs.Trigger key={value} value={value}>{label}</Tabs.Trigger>
            ))}
          </Tabs.List>
          <Tabs.Content value="overview">
            <Overview connection={connection} data={data} onPlan={onPlan} onTab={(value) => go({ tab: value })} />
          </Tabs.Content>
          <Tabs.Content value="segments">
            <Populations connection={connection} resource="segments" dates={data.lists.segments} />
          </Tabs.Content>
          <Tabs.Content value="traits">
            <Populations connection={connection} resource="traits" dates={data.lists.traits} />
          </Tabs.Content>
          <Tabs.Content value="plans">
            {plan ? (
              <PlanView connection={connection} id={plan} onClose={() => go({ tab: "plans" })} />
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
