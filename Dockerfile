# The workflow in the versions of the lock:
#     docker build --tag plmemory .
#     docker run --rm --volume "$PWD:/work" plmemory --cores all
# Results appear in the folder where it is run, as do files named in a configuration by relative
# paths. docs/cluster.md has the same for Apptainer.
FROM python:3.11-slim
COPY requirements.lock /opt/plmemory/
RUN pip install --no-cache-dir --requirement /opt/plmemory/requirements.lock
COPY pyproject.toml README.md LICENSE environment.yml Snakefile /opt/plmemory/
COPY src /opt/plmemory/src/
COPY config /opt/plmemory/config/
COPY profiles /opt/plmemory/profiles/
COPY workflow /opt/plmemory/workflow/
RUN pip install --no-cache-dir --no-deps /opt/plmemory
# Whoever runs it has no home in there.
ENV XDG_CACHE_HOME=/tmp/cache XDG_CONFIG_HOME=/tmp/config
WORKDIR /work
ENTRYPOINT ["snakemake", "--snakefile", "/opt/plmemory/Snakefile"]
CMD ["--cores", "all"]
